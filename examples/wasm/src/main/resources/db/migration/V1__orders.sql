CREATE TABLE orders (
	order_id INT PRIMARY KEY,
	product_id INT NOT NULL,
	quantity INT NOT NULL,
	amount DECIMAL(20,2) NOT NULL,
	shipping DECIMAL(20,2) NOT NULL,
	tax DECIMAL(20,2) NOT NULL,
	shipping_address VARCHAR(50) NOT NULL
);
