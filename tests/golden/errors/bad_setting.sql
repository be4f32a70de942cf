-- parallelism: 1
SET 'table.exec.source.idle-timeout' = 'soon';
