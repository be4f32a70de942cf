-- account: in=3 out=3 dropped=0
-- Each row once for each window that has it, with an offset: [00:02, 00:07), [00:02, 00:12), [00:12, …
CREATE TABLE t (ts TIMESTAMP(3), v INT, WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = 'cumulate_no_aggregate.in', 'format' = 'csv');
SELECT v, window_start, window_end, window_time
FROM TABLE(CUMULATE(TABLE t, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND,
  INTERVAL '2' SECOND));
