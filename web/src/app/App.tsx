/** All that surrounds a page, outermost first: colours, queries, server and session, toasts, router. */
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useState } from "react";
import { Toaster } from "../parts/toasts.tsx";
import { router } from "./routes.tsx";
import { ServerProvider } from "./ServerProvider.tsx";
import { readNonce, schemeManager } from "./scheme.ts";
import { resolveVariables, theme } from "./theme.ts";

export function App() {
  const [queries] = useState(makeQueries);
  const [nonce] = useState(readNonce);
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={resolveVariables}
      colorSchemeManager={schemeManager}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={queries}>
        <ServerProvider>
          <Toaster>
            <RouterProvider router={router} />
          </Toaster>
        </ServerProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}

/** Events say when an answer is old; without them it is after a minute. */
const FRESH_MS = 60_000;

function makeQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: FRESH_MS,
        // A refusal stays one however often it is asked for; a server that was away may be back.
        retry: (count, error) => error.failure.status === 0 && count < 2,
      },
    },
  });
}
