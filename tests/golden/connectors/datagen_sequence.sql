-- account: in=5 out=5 dropped=0
CREATE TABLE t (id INT, big BIGINT, d DOUBLE, s STRING) WITH (
  'connector' = 'datagen', 'rows-per-second' = '100000',
  'fields.id.kind' = 'sequence', 'fields.id.start' = '-2', 'fields.id.end' = '2',
  'fields.big.kind' = 'sequence', 'fields.big.start' = '9223372036854775800', 'fields.big.end' = '9223372036854775807',
  'fields.d.kind' = 'sequence', 'fields.d.start' = '1', 'fields.d.end' = '100',
  'fields.s.kind' = 'sequence', 'fields.s.start' = '10', 'fields.s.end' = '100');
SELECT id, big, d, s FROM t;
