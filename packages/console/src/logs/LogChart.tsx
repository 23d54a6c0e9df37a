import { BarChart } from '@mantine/charts';
import '@mantine/charts/styles.css';
import { Box, Button, Group, Text } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { spoken } from '../components/format.ts';
import { fetchRows } from '../resources/queries.ts';
import type { Resource } from '../resources/resources.ts';
import { texts } from '../texts.ts';
import { actionColors } from './action-colors.ts';
import { barsOf, inputOf, type LogFilter, type Span } from './log-filter.ts';

interface LogChartProps {
  readonly resource: Resource;
  readonly filter: LogFilter;
  readonly span: Span;
  /** Somebody wants to see one bar only. */
  readonly onSpan: (span: Span) => void;
}

const actions = Object.keys(actionColors);
const axis = 36;

/** How much was changed when, by kind of change. */
export function LogChart({ resource, filter, span, onSpan }: LogChartProps) {
  const { data = [] } = useQuery({
    queryKey: [resource.key, 'chart', span, filter],
    queryFn: () => counted(resource, filter, span),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: false,
  });
  const isLong = span.to - span.from > 2 * 86_400_000;
  const rows = data.map(({ bar, counts }) => ({ ...counts, label: (isLong ? days : times).format(bar.from) }));
  return (
    <Box>
      <BarChart
        h={160}
        type="stacked"
        data={rows}
        dataKey="label"
        series={actions.map((name) => ({ name, label: spoken(name), color: actionColors[name] ?? 'gray' }))}
        withLegend
        withXAxis={false}
        yAxisProps={{ width: axis, allowDecimals: false }}
        // What the mouse does not reach here, the buttons below do.
        barChartProps={{ accessibilityLayer: false }}
        barProps={{
          cursor: 'pointer',
          background: { fill: 'transparent' },
          onClick: (_, index) => {
            const chosen = data[index];
            if (chosen !== undefined) onSpan(chosen.bar);
          },
        }}
        aria-hidden
      />
      <Group gap={0} grow pl={axis} wrap="nowrap">
        {data.map(({ bar, counts }, index) => (
          <Button
            key={bar.from}
            variant="subtle"
            size="compact-xs"
            px={0}
            fw={400}
            fz={{ base: 9, sm: 'xs' }}
            aria-label={texts.logs.bar(both.formatRange(bar.from, bar.to), told(counts))}
            onClick={() => onSpan(bar)}
          >
            {rows[index]?.label}
          </Button>
        ))}
      </Group>
      <Text size="xs" c="dimmed">
        {texts.logs.narrow}
      </Text>
    </Box>
  );
}

const days = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric' });
const times = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const both = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

type Counts = Readonly<Record<string, number>>;

const told = (counts: Counts): string =>
  Object.entries(counts)
    .map(([action, count]) => `${count} ${action}`)
    .join(', ');

/** The log counts what it is asked for: one question for each bar and action. */
async function counted(resource: Resource, filter: LogFilter, span: Span) {
  const wanted = filter.action === '' ? actions : actions.filter((action) => action === filter.action);
  return Promise.all(
    barsOf(span).map(async (bar) => {
      const counts = await Promise.all(
        wanted.map(async (action) => {
          const { total } = await fetchRows(resource, { ...inputOf(bar, { ...filter, action }), page_size: 1 });
          return [action, total] as const;
        }),
      );
      return { bar, counts: Object.fromEntries(counts) };
    }),
  );
}
