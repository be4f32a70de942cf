-- A view may make the column, too. The column behind the function is the time that chose the window.
CREATE TABLE t (k STRING, v INT, pt AS PROCTIME())
WITH ('connector' = 'filesystem', 'path' = 't.in', 'format' = 'csv');
CREATE VIEW v AS SELECT k, PROCTIME() AS now FROM t WHERE v > 1;
SELECT k, now < window_end AND now >= window_start AS inside, window_end
FROM TABLE(HOP(TABLE v, DESCRIPTOR(now), INTERVAL '18250' DAY, INTERVAL '36500' DAY));
