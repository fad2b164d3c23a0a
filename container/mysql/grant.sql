-- The databases of the examples, which their applications create.
GRANT ALL ON `mega\_%`.* TO 'mega'@'%';
