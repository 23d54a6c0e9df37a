/**
 * Public keys of every type that is taken, each with its bits and the MD5 that `ssh-keygen -l -E md5` prints. Their private
 * halves are gone.
 */
export const publicKeys: readonly (readonly [type: string, key: string, bits: number, digest: string])[] = [
  [
    'ssh-ed25519',
    'AAAAC3NzaC1lZDI1NTE5AAAAIAx4j1VJtzZw67r1MIqALTVBWpkJ6QGkmlaYyUXA4rI7',
    256,
    'c6:7b:8a:30:08:1d:26:4d:aa:bc:ad:bd:0c:c3:bd:7a',
  ],
  [
    'ecdsa-sha2-nistp256',
    'AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBCRyUbetjLChqERbIqSjPvNHfIaTfyyX2iqv7RY/fCNTmn07DqKKeZeYeCpJdCI5sj74EM71z5QEKyZE0hZyugo=',
    256,
    'a1:67:21:d0:c5:67:9e:c2:b2:6a:8f:90:82:c0:a1:23',
  ],
  [
    'ecdsa-sha2-nistp384',
    'AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBNUCAy0WF4lcfZqSa6aTg+e4RcKxQULMkY3H9JC3Yga73twYrny8sqZSnu1SULpjUR1Kuh1XzeSKoC7LamrQDgRfUNe1ey0c9PV9js1A8EUq/WiVd+NwbuevL5CrZO+q7A==',
    384,
    '68:79:80:cf:4d:bd:d0:9b:1c:dc:70:c7:be:ed:e3:6b',
  ],
  [
    'ecdsa-sha2-nistp521',
    'AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAHEn/UI0Q0L6Ahx3Dz09lp7twyLZSCPxkSyr2D4h8g8g4jbLYwYP030H+8QMeHYhizHN4M+Nc+t9MXlO6A+MG/dHgFAxpha5z8fphF/E5PqJoQPkZGaiA9DqWEtqvv7t490AgExmUpK+7eSUnqGzIbj/xCQMd7NsuiWNhVpRxEsYGDdxQ==',
    521,
    'c4:6d:42:f2:57:8b:af:69:20:dd:b0:ce:ee:aa:e0:61',
  ],
  [
    'ssh-rsa',
    'AAAAB3NzaC1yc2EAAAADAQABAAAAgQCe2zTmJk+Jalc40G+e2tuJSpSyNYBwlBjgJsRIzL6364UGTP6Yj47J2zKdNKswG2R+a9nTtNTDnN0/Rn2LoOJKUX63MpHxsSbVHJlytnZZdn2WbrDSAMUG1O9+db/CmcOhvWEQjFq2LNRWSYzkL3qAhacE1ln73Gf0VnOeEQPgyQ==',
    1024,
    'fc:37:1d:90:30:3e:01:20:33:6d:39:07:78:f0:b0:44',
  ],
  [
    'ssh-rsa',
    'AAAAB3NzaC1yc2EAAAADAQABAAABAQCO+ADLyEIUrisOwQnRUuxL+nDKW7Bh4+yf85f66OczFY/TiC2DA+4kg1RyY1R1i2PVlGQTQXI/GnXXyCD1qn87A03Xes4VyY/ow6HCs4kaFY8cf4AlPN4fM/m9/1yhH0ZeI4U0VWAh31Yi5tmfOyNX2DrplTytYEtD0fyWVIZpCP0nWMqTa0yuNiKRas6BlBNqpPYvbbiXQ1HTRJ74uOp9lx4EFUAK89dUCIr2I2DApGhL4EcOwrKGVIUNpHGSXmcX+RahfxYCrjK+iAnJOmnQaSrDPgb2XLT6XTEqn9byYqie2bKmfaARB4353zqFV18lSnU0vu6HWb8yfMvKAnQ5',
    2048,
    '30:f4:ec:7b:c6:d2:04:78:9d:85:9b:04:b4:08:8c:29',
  ],
  [
    'ssh-dss',
    'AAAAB3NzaC1kc3MAAACBAOdWh/YgJCth/aejARGyH3I7K9q4eoq89GHkKZsQJLsu+lxDVvkTjT7kGI2Qcvo/FGjy0d17HAeGz9CIsV2KX8JIUr46yZxxnFji4iETixlQgHOg1AR0fQ+0qDQuzEhrD+0APpnM3qKrv3neoJeheCp6ql2lF+2Yq/4zqTmmSu7vAAAAFQD4GXpCMMCQsOcALKbwJ5S7EDAlKQAAAIEAk5/A9bCLtQeRME8xsUyJ3ntxwOj0pC0DAOzowZktHoaP5yqGoS3aWtuT3PStu5ggBoaKiszfMG7sgmK3vHAEMlnNMN2yZJJmIpZvLVpEth5ZathiWCXUnv8LCQL0x9v74BigbGz7eY3D0S1UmjvT4AN2VZA7gPhsjiyOBxMtpkcAAACBAIHKm0qiYvITiYNHpjFMUcfoFaWcust/MQy4f79KSa+65SgbraeL8HOWaDfdOhiUyY2nn33mlfH2eB88aRjKu71VStYGb5cq83vpKuX2WsWLs8VIv6QyUaQErgMJyhoE7MQpTpspFG8dZ4VzldqFIhmwIBTkc2D1VgrINDgtlE1Y',
    1024,
    '73:10:3e:f8:c9:5b:9f:cc:cf:6b:04:81:e3:1f:ad:fe',
  ],
];

/** The line of a `.pub` file made of fields, whether they are a key or not. */
export function keyLine(type: string, ...fields: readonly (Buffer | string)[]): string {
  const blob = fields.flatMap((content) => {
    const field = Buffer.from(content);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(field.length);
    return [length, field];
  });
  return `${type} ${Buffer.concat(blob).toString('base64')}`;
}
