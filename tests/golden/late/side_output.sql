-- account: in=6 out=4 dropped=2 (late=2)
CREATE TABLE t (k STRING, v INT, ts TIMESTAMP(3), note STRING, WATERMARK FOR ts AS ts - INTERVAL '4' SECOND)
  WITH ('connector' = 'filesystem', 'path' = 'events.in', 'format' = 'csv', 'scan.late-rows.table' = 'late_rows');
CREATE TABLE late_rows (note STRING, ts TIMESTAMP(3), drop_reason STRING, v BIGINT) WITH ('connector' = 'print');
CREATE TABLE counts (k STRING, n BIGINT) WITH ('connector' = 'blackhole');
INSERT INTO counts SELECT k, COUNT(*) FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '5' SECOND))
WHERE v > 0 GROUP BY window_start, window_end, k;
