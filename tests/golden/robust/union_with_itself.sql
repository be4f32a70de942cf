-- account: in=6 out=0 dropped=6 (late=6)
-- Ten rows are late, of six events: no more are dropped than came in.
-- unstoppable: each event is there twice; two processes cannot say which of their drops were one event
CREATE TABLE a (k STRING, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector'='filesystem','path'='union_with_itself.in','format'='csv');
CREATE VIEW u AS SELECT k, ts FROM a UNION ALL SELECT k, ts FROM a;
SELECT k, window_start, COUNT(*) FROM TABLE(TUMBLE(TABLE u, DESCRIPTOR(ts), INTERVAL '1' SECOND)) GROUP BY k, window_start, window_end;
