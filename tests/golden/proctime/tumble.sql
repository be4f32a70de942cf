-- One window of a hundred years holds all that is processed now; it fires at the end.
CREATE TABLE t (k STRING, v INT, pt AS PROCTIME())
WITH ('connector' = 'filesystem', 'path' = 't.in', 'format' = 'csv');
SELECT k, SUM(v) AS total, window_start, window_end
FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(pt), INTERVAL '36500' DAY))
GROUP BY k, window_start, window_end;
