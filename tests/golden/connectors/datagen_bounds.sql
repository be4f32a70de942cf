-- account: in=10000 out=10000 dropped=0
-- No random value leaves its bounds, no string has another length, and number-of-rows is exact.
CREATE TABLE t (a INT, b DOUBLE, c STRING, d BIGINT, e DECIMAL(5, 2)) WITH (
  'connector' = 'datagen', 'rows-per-second' = '10000000', 'number-of-rows' = '10000',
  'fields.a.min' = '-3', 'fields.a.max' = '3', 'fields.b.min' = '0.5', 'fields.b.max' = '0.75',
  'fields.c.length' = '7', 'fields.d.min' = '5', 'fields.d.max' = '5', 'fields.e.min' = '1', 'fields.e.max' = '2');
SELECT a, b, c, d, e FROM t
WHERE NOT (a BETWEEN -3 AND 3 AND b BETWEEN 0.5 AND 0.75 AND CHAR_LENGTH(c) = 7 AND d = 5 AND e BETWEEN 1 AND 2);
