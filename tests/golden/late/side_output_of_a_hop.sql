-- A row that is too late for some of its windows only is in the others, and not in the side output.
-- account: in=6 out=4 dropped=2 (late=2)
CREATE TABLE t (k STRING, v INT, ts TIMESTAMP(3), note STRING, later AS CONCAT(note, '!'), WATERMARK FOR ts AS ts - INTERVAL '4' SECOND)
  WITH ('connector' = 'filesystem', 'path' = 'events.in', 'format' = 'csv', 'scan.late-rows.table' = 'late_rows');
CREATE TABLE late_rows (later STRING) WITH ('connector' = 'print');
CREATE TABLE counts (n BIGINT) WITH ('connector' = 'blackhole');
INSERT INTO counts SELECT COUNT(*) FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '1' SECOND, INTERVAL '5' SECOND))
WHERE v > 0 GROUP BY window_start, window_end;
