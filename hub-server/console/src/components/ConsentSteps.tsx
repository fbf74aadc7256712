interface Props {
  readonly service: string
  readonly redirectUri: string
  readonly hasApp: boolean
}

/** What to do at a vendor that is connected on its own page, before the form can be filled in. */
export const ConsentSteps = ({ service, redirectUri, hasApp }: Props) =>
  hasApp ? (
    <p className="help">
      Your app at {service} is known already. Continue, and {service} asks you whether the hub may use your account.
    </p>
  ) : (
    <ol className="steps help">
      <li>Make an app of your own at {service}; where to do that stands below.</li>
      <li>
        Give it this redirect address: <code>{redirectUri}</code>
      </li>
      <li>Copy its client id and secret into this form. You do this once; further accounts use the same app.</li>
      <li>Continue, and {service} asks you whether the hub may use your account.</li>
    </ol>
  )
