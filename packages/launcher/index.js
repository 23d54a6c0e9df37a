// Plain JavaScript that old Nodes parse too: this is what says that they are too old.
import * as nodeModule from 'node:module';

const oldest = [22, 19];

/**
 * Runs a built program: in this process when its Node is new enough, else under the Node that was installed with us.
 *
 * @param {URL} program file made by `npm run build`
 */
export async function launch(program) {
  if (!fileSystem().existsSync(program)) return refuse(`${program.pathname} is missing; \`npm run build\` makes it`);
  if (isNewEnough(process.versions.node)) {
    nodeModule.enableCompileCache?.();
    await import(program.href);
    return;
  }
  const node = packagedNode();
  if (node === undefined) {
    return refuse(
      `Node ${oldest.join('.')} or later is needed, this is ${process.versions.node}; ` +
        `install it from nodejs.org, or run \`npm install\` without --omit=optional`,
    );
  }
  const { spawn } = await import('node:child_process');
  const { fileURLToPath } = await import('node:url');
  passOn(spawn(node, [fileURLToPath(program), ...process.argv.slice(2)], { stdio: 'inherit' }));
}

/** An `import` of it would load streams, which few runs need. */
function fileSystem() {
  return process.getBuiltinModule?.('node:fs') ?? nodeModule.createRequire(import.meta.url)('node:fs');
}

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
}

function packagedNode() {
  try {
    return nodeModule.createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/bin/node`);
  } catch {
    return undefined;
  }
}

/** The child's end is ours: signals go down, exit code or signal comes up. */
function passOn(child) {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => refuse(error.message));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    for (const name of signals) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}

function refuse(reason) {
  process.stderr.write(`${reason}\n`);
  process.exitCode = 1;
}
