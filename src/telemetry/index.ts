/** Logs, counters in shared memory, and the Prometheus page. The door of the room. */

export { addInto, COUNTER_WORDS, Counter, CounterBlock, type CounterTotals, sumCounters } from "./counters.ts";
export { canEmpty, emptyBuffer, emptyOctets } from "./empty.ts";
export { createLogger, LOG_LEVELS, type Logger, type LogLevel } from "./log.ts";
export {
  collectAllGarbage,
  collectGarbage,
  giveBackMemory,
  LARGE_OCTETS,
  limitYoungSpaceOfThreads,
  prepareCollection,
} from "./memory.ts";
export { MAX_SERIES, type MetricSource, Metrics, type MetricsOptions } from "./metrics.ts";
export { TALLY_OCTETS, type Tallied, TallyReader, TallyWriter } from "./tally.ts";
export {
  bucketMilliseconds,
  MAX_ANSWER_STEP,
  MAX_QUERY_STEP,
  OTHER_TYPES,
  readTallyKey,
  SIZE_STEP,
  type TallyCount,
  type TallyName,
  type TallyReading,
  TIME_BUCKETS,
  Transport,
  tallyKey,
  timeBucket,
} from "./tally-key.ts";
export { stepBehindAnswers, takeShortTurns } from "./thread.ts";
