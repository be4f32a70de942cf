-- ordered
-- account: in=7 out=6 dropped=1 (late=1)
-- Rows that the watermark has passed wait until it moves on: c is behind b, which has not come out.
-- When e comes a has.
CREATE TABLE t (ts TIMESTAMP(3), who STRING, WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
  WITH ('connector' = 'filesystem', 'path' = 'behind.in', 'format' = 'csv');
SELECT who, ts FROM t ORDER BY ts;
