-- The state's time to live is the lateness, when that is not set. MAX stays the same: no update.
SET 'table.exec.state.ttl' = '10 s';
CREATE TABLE t (ts TIMESTAMP(3), k STRING, v INT, WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'filesystem', 'path' = 't.in', 'format' = 'csv', 'csv.null-literal' = '');
SELECT HOP_END(ts, INTERVAL '10' SECOND, INTERVAL '20' SECOND), k, MAX(v)
FROM t GROUP BY HOP(ts, INTERVAL '10' SECOND, INTERVAL '20' SECOND), k;
