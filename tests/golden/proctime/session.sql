-- A session over processing time fires at the end of input at the latest.
CREATE TABLE t (k STRING, v INT, pt AS PROCTIME())
WITH ('connector' = 'filesystem', 'path' = 't.in', 'format' = 'csv');
SELECT k, COUNT(*) AS n, window_start < window_end AS ok
FROM TABLE(SESSION(TABLE t PARTITION BY k, DESCRIPTOR(pt), INTERVAL '1' DAY))
GROUP BY k, window_start, window_end;
