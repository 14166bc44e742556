import * as Sentry from "@sentry/browser";

export function report(error: unknown, detail: string): void {
  Sentry.captureException(error, { extra: { detail } });
}
