-- The branches of a CASE get one type: INT and DOUBLE make DOUBLE, INT and DECIMAL make DECIMAL.
CREATE TABLE t (i INT, d DOUBLE, m DECIMAL(5, 2)) WITH (
  'connector' = 'filesystem', 'path' = 'case_types.in', 'format' = 'csv');
SELECT CASE WHEN i > 1 THEN i ELSE d END, CASE WHEN i > 1 THEN i ELSE m END,
  CASE WHEN i > 1 THEN NULL ELSE i END
FROM t;
