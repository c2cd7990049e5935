/** Where WebSockets are opened, and by whom. */
export const socketPaths: ReadonlyMap<string, "customer" | "agent"> = new Map([
  ["/api/v1/socket", "customer"],
  ["/api/v1/agent/socket", "agent"],
]);
