-- window_time of a window over processing time is a time attribute: windows of windows.
CREATE TABLE t (k STRING, v INT, pt AS PROCTIME())
WITH ('connector' = 'filesystem', 'path' = 't.in', 'format' = 'csv');
CREATE VIEW keys AS SELECT k, SUM(v) AS total, window_time AS rt
FROM TABLE(CUMULATE(TABLE t, DESCRIPTOR(pt), INTERVAL '36500' DAY, INTERVAL '36500' DAY))
GROUP BY k, window_start, window_end, window_time;
SELECT COUNT(*), SUM(total), window_end
FROM TABLE(TUMBLE(TABLE keys, DESCRIPTOR(rt), INTERVAL '73000' DAY))
GROUP BY window_start, window_end;
