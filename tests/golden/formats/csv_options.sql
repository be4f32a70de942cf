-- account: in=4 out=4 dropped=0
CREATE TABLE t (id INT, s STRING, b BOOLEAN) WITH (
  'connector' = 'filesystem', 'path' = 'csv_options.in', 'format' = 'csv', 'csv.header' = 'true',
  'csv.field-delimiter' = ';', 'csv.quote-character' = '''', 'csv.escape-character' = '\',
  'csv.null-literal' = 'NULL', 'csv.allow-comments' = 'true');
SELECT id, s, b FROM t;
