import { Stack, Table } from '@mantine/core';
import { Pages } from '../components/Pages.tsx';
import { StateLink } from '../components/StateLink.tsx';
import { useAddress, useSetAddress } from '../shell/address.ts';
import { texts } from '../texts.ts';
import { type AskedPrincipal, whyAddress } from './question.ts';
import type { Reach } from './useReach.ts';

const pageSize = 50;
/** Projects that are named beside a permission. */
const mostProjects = 5;

/** What somebody may do, permission by permission. */
export function AccessTable({ asked, reach }: { readonly asked: AskedPrincipal; readonly reach: readonly Reach[] }) {
  const page = useAddress().number('page', 1);
  const setAddress = useSetAddress();
  return (
    <Stack>
      <Table.ScrollContainer minWidth={480}>
        <Table highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{texts.reasons.kinds.permission}</Table.Th>
              <Table.Th>{texts.simulator.where}</Table.Th>
              <Table.Th>{texts.simulator.why}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {reach.slice((page - 1) * pageSize, page * pageSize).map((each) => (
              <Table.Tr key={each.permission}>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>{each.permission}</Table.Td>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>{whereOf(each)}</Table.Td>
                <Table.Td>
                  <StateLink
                    {...whyAddress({ ...asked, permission: each.permission, project: placeToAsk(each) })}
                    label={texts.map.why(each.permission, whereOf(each))}
                  >
                    {texts.simulator.why}
                  </StateLink>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Pages page={page} pageSize={pageSize} total={reach.length} onPage={(next) => setAddress({ page: next })} />
    </Stack>
  );
}

const placeToAsk = ({ projects }: Reach): string => [...projects.keys()][0] ?? '';

function whereOf({ scope, projects }: Reach): string {
  if (scope !== 'projects') return texts.map.scopes[scope];
  const names = [...projects.values()];
  const left = names.length - mostProjects;
  return `${names.slice(0, mostProjects).join(', ')}${left > 0 ? ` ${texts.reasons.andMore(left)}` : ''}`;
}
