/** What a run has to reach, and whether it did. */
export interface Goal {
  readonly name: string;
  readonly value: number;
  readonly unit: "×" | "ms" | "MB" | "MiB";
  readonly atLeast?: number;
  readonly atMost?: number;
}

export interface Verdict extends Goal {
  readonly met: boolean;
}

/** A goal is met by its value as it is shown: two digits after the point. */
export function judge(goal: Goal): Verdict {
  const value = Math.round(goal.value * 100) / 100;
  const met = value >= (goal.atLeast ?? -Infinity) && value <= (goal.atMost ?? Infinity);
  return { ...goal, value, met };
}
