CREATE TABLE t (u STRING) WITH ('connector' = 'filesystem', 'path' = 'urls.in', 'format' = 'csv', 'csv.field-delimiter' = '|');
SELECT PARSE_URL(u, 'HOST'), PARSE_URL(u, 'PATH'), PARSE_URL(u, 'QUERY'), PARSE_URL(u, 'REF'), PARSE_URL(u, 'PROTOCOL'),
  PARSE_URL(u, 'FILE'), PARSE_URL(u, 'AUTHORITY'), PARSE_URL(u, 'USERINFO'), PARSE_URL(u, 'QUERY', 'k')
FROM t;
