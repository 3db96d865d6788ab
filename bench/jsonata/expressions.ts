/** What is measured: expressions as workflows hold them, over data as workflows carry it. */
export interface Measured {
  readonly name: string;
  readonly text: string;
  readonly kind: 'small' | '100 items';
}

export const expressions: readonly Measured[] = [
  { name: 'add', text: '$states.input.count + 1', kind: 'small' },
  { name: 'path', text: '$states.input.address.city', kind: 'small' },
  {
    name: 'object',
    text: `{"id": $states.input.id, "name": $states.input.name, "total": $states.input.count * 2,
      "city": $states.input.address.city, "tag": "v" & $string($states.input.count)}`,
    kind: 'small',
  },
  { name: 'merge', text: '$merge([$states.input.address, {"zip": "1"}])', kind: 'small' },
  { name: 'condition', text: '$states.input.count > 3 and $states.input.name = "widget"', kind: 'small' },
  { name: 'variable', text: '($total := $states.input.count * 3; $total > 10 ? "many" : "few")', kind: 'small' },
  { name: 'map', text: '$map($states.input.items, function($item){ $item.price * $item.qty })', kind: '100 items' },
  { name: 'step', text: '$states.input.items.(price * qty)', kind: '100 items' },
  { name: 'filter', text: '$states.input.items[qty > 2].id', kind: '100 items' },
  { name: 'sum', text: '$sum($states.input.items.(price * qty))', kind: '100 items' },
  { name: 'group', text: '$states.input.items{$string(qty): $sum(price)}', kind: '100 items' },
  { name: 'sort', text: '$states.input.items^(>price).id', kind: '100 items' },
  { name: 'replace', text: '$states.input.items.$replace(id, /item-([0-9]+)/, "$1")', kind: '100 items' },
];

export const input = {
  id: 'order-17',
  name: 'widget',
  count: 4,
  address: { city: 'Berlin', street: 'Hauptstrasse 1' },
  items: Array.from({ length: 100 }, (_, at) => ({ id: `item-${at}`, price: ((at * 37) % 100) + 0.5, qty: at % 5 })),
};
