SELECT 'a\', "b\" FROM t WHERE c LIKE '\' AND E'\''
'\''