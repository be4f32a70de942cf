-- parallelism: 1
SET 'parallelism.defaul' = '2';
