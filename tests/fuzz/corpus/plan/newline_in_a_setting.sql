-- args: --set table.exec.source.-timeout=1s
SET 'parallelism.default' = '2';
SET 'table.local-time-zone' = 'UTC';
SET 'table.exec-- AS   
SET-AND  AS    1    k kINT kINT      
- - 1 -  3
>= -      ( ,  )(    1  BY k,       ;
000000000000000000000 .name' = 'a job; with -- signs';
RESET 't parallelism.CAST( ';
CREATE TABLE t (k STRING, v INT) WITH ('' = 'format ', 'path' = 'kv.inELSE ', 'format' = 'csv');
SELECT v  t;
