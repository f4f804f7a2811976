// What the band tells the page; the other side is daemon/studio/news.py. Ticks are 24 to the beat; times are
// seconds of the band's clock.

export interface Part {
  readonly name: string;
  readonly channel: number;
  readonly program: number | null;
}

/** How far a call has come: it blinks until its moment. */
export type Lamp = "off" | "blinking" | "on";

export interface State {
  readonly is: "state";
  readonly preset: string;
  readonly armed: string | null;
  readonly parts: readonly (readonly [string, number, number | null])[];
  readonly levels: readonly number[];
  readonly mutes: readonly boolean[];
  readonly soloed: readonly number[];
  readonly density: number | null;
  readonly variation: number | null;
  readonly energy: number | null;
  readonly key: string | null;
  readonly frozen: boolean;
  readonly held: boolean;
  readonly fill: Lamp;
  readonly tacet: Lamp;
  readonly ending: Lamp;
  readonly lock: Lamp;
  readonly bpm: number;
  readonly presence: "waiting" | "resting" | "playing" | "ending";
  readonly late: number;
  readonly dropped: number;
}

/** Where the music runs: [tick, time, seconds a tick], or null while it stands. */
export interface Place {
  readonly is: "place";
  readonly line: readonly [number, number, number] | null;
  readonly shift: number;
  readonly bar: number;
  readonly beat: number;
}

/** [part, tick, end, pitch, velocity, tied] */
export type Planned = readonly [number, number, number, number, number, boolean];

export interface Plan {
  readonly is: "plan";
  readonly first: number;
  readonly until: number;
  readonly end: number;
  readonly notes: readonly Planned[];
  readonly chords: readonly (readonly [number, string])[];
}

export interface Sent {
  readonly is: "sent";
  readonly part: number | null;
  readonly channel: number;
  readonly pitch: number;
  readonly velocity: number;
  readonly tick: number;
  readonly at: number;
}

export interface Heard {
  readonly is: "heard";
  readonly pitch: number;
  readonly velocity: number;
  readonly at: number;
  readonly tick: number | null;
}

export interface Preset {
  readonly name: string;
  readonly program: number;
  readonly parts: readonly string[];
  readonly variation: number;
}

export interface Setup {
  readonly is: "setup";
  readonly mode: "live" | "respond";
  readonly clock: "auto" | "internal" | "midi" | "link";
  readonly metre: string;
  readonly key: string | null;
  readonly listen: string | null;
  readonly play: string | null;
  readonly seed: number;
  readonly split: number;
  readonly record: boolean;
}

export interface Ports {
  readonly is: "ports";
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly listening: readonly string[];
  readonly playing: readonly string[];
}

export interface Meter {
  readonly is: "meter";
  readonly inference: number | null;
  readonly inference95: number | null;
  readonly late: number | null;
  readonly late99: number | null;
  readonly lead: number;
}

export type News =
  | State
  | Place
  | Plan
  | Sent
  | Heard
  | Setup
  | Ports
  | Meter
  | { readonly is: "hello"; readonly page: number; readonly now: number }
  | { readonly is: "pong"; readonly mark: number; readonly now: number }
  | { readonly is: "presets"; readonly presets: readonly Preset[] }
  | { readonly is: "sound"; readonly channel: number; readonly program: number; readonly at: number }
  | { readonly is: "hush"; readonly channel: number; readonly at: number }
  | { readonly is: "said"; readonly sentence: string }
  | { readonly is: "refused"; readonly sentence: string };

/** What the page asks of the band; the other side is daemon/studio/protocol.py. */
export type Ask =
  | { do: "press"; pitch: number; velocity: number; ago: number }
  | { do: "release"; pitch: number; ago: number }
  | { do: "pedal"; on: boolean }
  | { do: "preset"; program: number }
  | { do: "density" | "variation" | "energy"; value: number }
  | { do: "level"; part: number; value: number }
  | { do: "mute" | "solo"; part: number; on: boolean }
  | { do: "freeze" | "hold" | "lock" | "run"; on: boolean }
  | { do: "fill" | "break" | "ending" | "tap" | "panic" }
  | { do: "start"; bars: number }
  | { do: "tempo"; bpm: number }
  | { do: "ping"; mark: number }
  | {
      do: "setup";
      mode: string;
      clock: string;
      metre: string;
      key: string | null;
      listen: string | null;
      play: string | null;
    };
