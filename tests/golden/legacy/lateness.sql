-- A window of GROUP BY goes on for 15 s after its end: each row that comes then updates its result.
SET 'table.exec.emit.allow-lateness' = '15 s';
CREATE TABLE t (ts TIMESTAMP(3), k STRING, v INT, WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'filesystem', 'path' = 't.in', 'format' = 'csv', 'csv.null-literal' = '');
SELECT TUMBLE_START(ts, INTERVAL '10' SECOND), TUMBLE_END(ts, INTERVAL '10' SECOND), k, COUNT(*), SUM(v)
FROM t GROUP BY k, TUMBLE(ts, INTERVAL '10' SECOND);
