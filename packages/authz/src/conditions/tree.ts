import type { Expr } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js';

/** `request.ip` for a selection that starts at a name, null for anything else. `has(…)` is no selection. */
export function pathOf(expr: Expr): string | null {
  const { exprKind } = expr;
  if (exprKind.case === 'identExpr') return exprKind.value.name;
  if (exprKind.case !== 'selectExpr' || exprKind.value.testOnly || !exprKind.value.operand) return null;
  const operand = pathOf(exprKind.value.operand);
  return operand === null ? null : `${operand}.${exprKind.value.field}`;
}

/** The parts of an expression, one level down. */
export function partsOf({ exprKind }: Expr): readonly Expr[] {
  switch (exprKind.case) {
    case 'selectExpr':
      return present(exprKind.value.operand);
    case 'callExpr':
      return [...present(exprKind.value.target), ...exprKind.value.args];
    case 'listExpr':
      return exprKind.value.elements;
    case 'structExpr':
      return exprKind.value.entries.flatMap(({ keyKind, value }) => [
        ...(keyKind.case === 'mapKey' ? [keyKind.value] : []),
        ...present(value),
      ]);
    case 'comprehensionExpr': {
      const { iterRange, accuInit, loopCondition, loopStep, result } = exprKind.value;
      return [iterRange, accuInit, loopCondition, loopStep, result].flatMap((part) => present(part));
    }
    default:
      return [];
  }
}

const present = (expr: Expr | undefined): readonly Expr[] => (expr ? [expr] : []);

/** The terms of a conjunction at the top of an expression, in order; the expression itself when it is none. */
export function conjuncts(expr: Expr): readonly Expr[] {
  const { exprKind } = expr;
  if (exprKind.case !== 'callExpr' || exprKind.value.function !== '_&&_') return [expr];
  return exprKind.value.args.flatMap(conjuncts);
}

/** The text of a constant, or undefined. */
export function textOf({ exprKind }: Expr): string | undefined {
  if (exprKind.case !== 'constExpr' || exprKind.value.constantKind.case !== 'stringValue') return undefined;
  return exprKind.value.constantKind.value;
}

/** The longest paths of attributes that an expression reads: `resource.properties.owner`, not also its beginning. */
export function attributesRead(expr: Expr): readonly string[] {
  const read = new Set<string>();
  const visit = (each: Expr): void => {
    const path = pathOf(each) ?? testedPath(each);
    if (path !== null && /^(request|resource|subject)\./.test(path)) read.add(path);
    else for (const part of partsOf(each)) visit(part);
  };
  visit(expr);
  return [...read];
}

/** The path that `has(…)` asks about. */
function testedPath({ exprKind }: Expr): string | null {
  if (exprKind.case !== 'selectExpr' || !exprKind.value.testOnly || !exprKind.value.operand) return null;
  const operand = pathOf(exprKind.value.operand);
  return operand === null ? null : `${operand}.${exprKind.value.field}`;
}
