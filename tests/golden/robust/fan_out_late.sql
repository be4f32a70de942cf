-- account: in=6 out=1 dropped=5 (late=5)
-- An event that each of three INSERTs drops is one event.
CREATE TABLE a (k STRING, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector'='filesystem','path'='fan_out_late.in','format'='csv');
CREATE TABLE p1 (k STRING, w TIMESTAMP(3), n BIGINT) WITH ('connector'='print');
CREATE TABLE p2 (k STRING, w TIMESTAMP(3), n BIGINT) WITH ('connector'='print');
CREATE TABLE p3 (k STRING, w TIMESTAMP(3), n BIGINT) WITH ('connector'='print');
INSERT INTO p1 SELECT k, window_start, COUNT(*) FROM TABLE(TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '1' SECOND)) GROUP BY k, window_start, window_end;
INSERT INTO p2 SELECT k, window_start, COUNT(*) FROM TABLE(TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '2' SECOND)) GROUP BY k, window_start, window_end;
INSERT INTO p3 SELECT k, window_start, COUNT(*) FROM TABLE(TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '3' SECOND)) GROUP BY k, window_start, window_end;
