import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { acmeConfig } from "../../e2e/harness/acme.ts";
import { agentToken, startCompanion } from "../../e2e/harness/companion.ts";
import { openSession } from "../../e2e/harness/session.ts";
import { deliveryFigures, loadDeliveries } from "../deliveries.ts";
import { socketIoDesk, socketIoSpeaker, wireDesk, wireSpeaker } from "../ends.ts";
import { startFloor } from "../floors/process.ts";
import { interleave, type Row } from "../row.ts";
import { unhindered } from "../unhindered.ts";

const rate = { customers: 100, perSecond: 1000, seconds: 5 };

/** From a customer's socket to an agent's, at 1,000 a second from 100 customers, whatever comes back: nobody waits for anybody. */
export const messageDeliver: Row = {
  name: "message.deliver",
  measure: async () => {
    const scratch = await mkdtemp(join(tmpdir(), "vouch-bench-"));
    const companion = await startCompanion({
      config: acmeConfig({
        limits: unhindered,
      }),
    });
    const floor = await startFloor(
      join(import.meta.dirname, "../floors/message-deliver.ts"),
      join(scratch, "floor.db"),
    );
    const peer = await startFloor(join(import.meta.dirname, "../peers/socket-io-ack.ts"));
    try {
      const tokens = await Promise.all(
        Array.from(
          { length: rate.customers },
          async (_, index) => (await openSession(companion.url, `customer-${index}`)).sessionToken,
        ),
      );
      const url = companion.url.replace("http", "ws");
      const result = await interleave(5, {
        ours: () =>
          loadDeliveries(
            rate,
            (shown) => wireDesk(`${url}/api/v1/agent/socket`, agentToken, shown),
            (index) => wireSpeaker(`${url}/api/v1/socket`, tokens[index] ?? ""),
          ),
        floor: () =>
          loadDeliveries(
            rate,
            (shown) => wireDesk(`${floor.url}/agent`, "", shown),
            () => wireSpeaker(floor.url, ""),
          ),
        peer: () =>
          loadDeliveries(
            rate,
            (shown) => socketIoDesk(peer.url, shown),
            () => socketIoSpeaker(peer.url),
          ),
      });
      return deliveryFigures("message.deliver", "Socket.IO", 20, result);
    } finally {
      await Promise.all([companion.stop(), floor.stop(), peer.stop()]);
      await rm(scratch, { recursive: true });
    }
  },
};
