// The WebSocket to the band: opened, lost, and opened again.

import { BandClock } from "./clock";
import type { Ask, News } from "./news";

/** `pairing`: a code is needed first. */
export type Standing = "connecting" | "open" | "lost" | "pairing";

const SOON = 250;
const LATER = 4000;
const PING = 2000;
/** The server closes with 4000 and HTTP's status where a token is missing; before that, browsers only see 1006. */
const UNPAIRED = 4401;

export class Link {
  readonly clock = new BandClock();
  private socket: WebSocket | null = null;
  private wait = SOON;
  private pinging = 0;

  constructor(
    private readonly hear: (news: readonly News[]) => void,
    private readonly stand: (standing: Standing) => void,
  ) {}

  open(): void {
    this.stand("connecting");
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/band`);
    this.socket = socket;
    socket.onopen = () => {
      this.wait = SOON;
      this.clock.forget();
      this.stand("open");
      this.ping();
      this.pinging = window.setInterval(() => this.ping(), PING);
    };
    socket.onmessage = (event: MessageEvent<string>) => this.arrived(event.data);
    socket.onclose = (event) => void this.lost(event.code);
  }

  /** Ask for something; what is asked while the band is away is lost, as a key is that nobody hears. */
  ask(message: Ask): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  /** The band's time now. */
  now(): number {
    return this.clock.theirs(performance.now() / 1000);
  }

  private ping(): void {
    this.ask({ do: "ping", mark: performance.now() });
  }

  private arrived(text: string): void {
    const back = performance.now() / 1000;
    const news = JSON.parse(text) as News[];
    for (const each of news) {
      if (each.is === "pong") this.clock.answered(each.mark / 1000, back, each.now);
      if (each.is === "hello") this.clock.guess(back, each.now);
    }
    this.hear(news);
  }

  private async lost(code: number): Promise<void> {
    window.clearInterval(this.pinging);
    this.socket = null;
    if (code === UNPAIRED || (await unpaired())) {
      this.stand("pairing");
      return;
    }
    this.stand("lost");
    window.setTimeout(() => this.open(), this.wait);
    this.wait = Math.min(2 * this.wait, LATER);
  }
}

/** Whether the server is there and does not know this page. */
async function unpaired(): Promise<boolean> {
  try {
    return (await fetch("/api/paired")).status === 401;
  } catch {
    return false;
  }
}

/** Offer a code; a sentence where it was not taken, else null. */
export async function pair(code: string): Promise<string | null> {
  try {
    const answer = await fetch("/pair", { method: "POST", body: JSON.stringify({ code }) });
    if (answer.ok) return null;
    return ((await answer.json()) as { sentence: string }).sentence;
  } catch {
    return "the band can't be reached; look whether it still runs";
  }
}
