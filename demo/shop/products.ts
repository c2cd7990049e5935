export interface Product {
  readonly slug: string;
  readonly name: string;
  readonly kind: string;
  /** In euros. */
  readonly price: number;
  readonly pitch: string;
  readonly details: readonly string[];
  readonly badge?: string;
}

export const products: readonly Product[] = [
  {
    slug: "fjell-2",
    name: "Fjell 2",
    kind: "Tent",
    price: 389,
    pitch: "Two people, four seasons, 1.9 kilograms.",
    details: [
      "Pitches in four minutes, inner and outer together",
      "Poles rated for 90 km/h of wind",
      "Repaired free of charge for ten years",
    ],
    badge: "New",
  },
  {
    slug: "trek-45",
    name: "Trek 45",
    kind: "Backpack",
    price: 179,
    pitch: "A week's worth of gear that sits like a weekend's.",
    details: [
      "45 litres, and 8 more under the lid",
      "Back length set in one pull",
      "Recycled 420-denier nylon",
    ],
  },
  {
    slug: "drift",
    name: "Drift",
    kind: "Sleeping bag",
    price: 219,
    pitch: "Warm down to −9 °C, packed to the size of a loaf.",
    details: [
      "Traceable 800-fill down",
      "Zips into a double with a second one",
      "Dries on the line in a morning",
    ],
  },
  {
    slug: "ember",
    name: "Ember",
    kind: "Stove",
    price: 64,
    pitch: "Boils half a litre before the view gets old.",
    details: ["Two minutes forty to the boil", "Stands on a rock, a root or snow", "Simmers, too"],
  },
  {
    slug: "glow",
    name: "Glow",
    kind: "Lantern",
    price: 49,
    pitch: "Warm light for a tent, a table or a trail.",
    details: ["90 hours on one charge", "Red light that spares night vision", "Floats"],
    badge: "Back in stock",
  },
  {
    slug: "cairn",
    name: "Cairn",
    kind: "Mug",
    price: 19,
    pitch: "Enamel over steel. Gets better with dents.",
    details: ["0.35 litres", "Straight over the flame", "Comes with nothing you don't need"],
  },
];

export const findProduct = (slug: string): Product | null =>
  products.find((product) => product.slug === slug) ?? null;

export const priceOf = ({ price }: Product): string => `€${price}`;
