/** Logs, counters in shared memory, and the Prometheus page. The door of the room. */

export { addInto, COUNTER_WORDS, Counter, CounterBlock, type CounterTotals, sumCounters } from "./counters.ts";
export { createLogger, LOG_LEVELS, type Logger, type LogLevel } from "./log.ts";
export { collectAllGarbage, collectGarbage, giveBackMemory, LARGE_OCTETS } from "./memory.ts";
export { MAX_SERIES, type MetricSource, Metrics, type MetricsOptions } from "./metrics.ts";
export { stepBehindAnswers } from "./thread.ts";
