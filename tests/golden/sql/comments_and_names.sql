-- A comment; with a semicolon, and 'quotes'.
/* One of
   several lines; */
create TABLE `my table` (`select` STRING, `a``b` INT, `ünï` AS `a``b` + 1) -- behind
WITH ('connector' = 'filesystem', /* inside */ 'path' = 'kv.in', 'format' = 'csv');
;
SELECT `select` || ' it''s -- no comment /* either */;' AS `x y`, t.`a``b`, `ünï` FROM `my table` AS t where t.`a``b` = 2
;
