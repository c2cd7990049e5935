export interface Customer {
  /** Stable for ever: it becomes part of the contact's platform key. */
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  readonly city: string;
  readonly country: string;
  readonly plan: string;
}

const customers: Readonly<Record<string, Customer>> = {
  ada: {
    id: "ada",
    name: "Ada Lindqvist",
    email: "ada@lindqvist.example",
    phone: "+46 70 174 06 33",
    city: "Umeå",
    country: "SE",
    plan: "Trail club",
  },
  bob: {
    id: "bob",
    name: "Bob Okafor",
    email: "bob@okafor.example",
    phone: "+44 7700 900123",
    city: "Leeds",
    country: "GB",
    plan: "Day hiker",
  },
};

export const everyone: readonly Customer[] = Object.values(customers);

export const findCustomer = (id: string): Customer | null =>
  Object.hasOwn(customers, id) ? (customers[id] ?? null) : null;
