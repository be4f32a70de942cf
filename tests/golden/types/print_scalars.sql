-- The form of every scalar type: docs, "What print writes".
CREATE TABLE t (
  b BOOLEAN, t TINYINT, s SMALLINT, i INT, l BIGINT, f FLOAT, d DOUBLE, m DECIMAL(10, 3),
  c CHAR(3), v VARCHAR(5), x STRING, bin BYTES, da DATE, ti TIME(0)
) WITH ('connector' = 'filesystem', 'path' = 'print_scalars.in', 'format' = 'json');
CREATE TABLE out_t (
  b BOOLEAN, t TINYINT, s SMALLINT, i INT, l BIGINT, f FLOAT, d DOUBLE, m DECIMAL(10, 3),
  c CHAR(3), v VARCHAR(5), x STRING, bin BYTES, da DATE, ti TIME(0)
) WITH ('connector' = 'print');
INSERT INTO out_t SELECT * FROM t;
