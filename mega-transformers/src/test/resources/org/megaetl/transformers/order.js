export function transform(event) {
	const { order_id, product_id, quantity, amount, shipping, tax, shipping_address } = event.json;
	return { table: 'orders', row: { order_id, product_id, quantity, amount, shipping, tax, shipping_address } };
}
