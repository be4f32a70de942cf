-- Hours that begin 7 minutes before the full one, with a result each minute; no key.
CREATE TABLE t (ts TIMESTAMP(3), k STRING, v INT, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
WITH ('connector' = 'filesystem', 'path' = 't.in', 'format' = 'csv', 'csv.null-literal' = '');
SELECT window_start, window_end, MAX(v) AS most
FROM TABLE(CUMULATE(DATA => TABLE t, TIMECOL => DESCRIPTOR(ts), STEP => INTERVAL '1' MINUTE,
  SIZE => INTERVAL '1' HOUR, `OFFSET` => INTERVAL '-7' MINUTE))
GROUP BY window_start, window_end;
