CREATE TABLE mapped_orders (
	order_id INT PRIMARY KEY,
	product_id INT NOT NULL,
	quantity INT NOT NULL,
	amount DECIMAL(10, 2) NOT NULL
);
