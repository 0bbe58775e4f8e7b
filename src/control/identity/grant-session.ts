import { createAuthEndpoint } from "better-auth/api";
import { setSessionCookie } from "better-auth/cookies";
import { z } from "zod";

/** A plugin of Better Auth: `api.grantSession` gives a session to an account that has proved itself in a way of ours. */
export const grantSession = () => ({
  id: "grant-session" as const,
  endpoints: {
    grantSession: createAuthEndpoint.serverOnly(
      { method: "POST", body: z.object({ userId: z.string() }) },
      async (request) => {
        const { internalAdapter } = request.context;
        const user = await internalAdapter.findUserById(request.body.userId);
        if (!user) throw new Error("An account is gone that has just proved itself");
        const session = await internalAdapter.createSession(user.id);
        await setSessionCookie(request, { session, user });
        return { token: session.token, user: { id: user.id, email: user.email } };
      },
    ),
  },
});
