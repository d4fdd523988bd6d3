-- Money: orders for one visit or bill each, what was paid and given back, and the daily comparison.
create schema payment;
