import type { Mistake } from '../types.ts'
import { Notice } from './Notice.tsx'

/** /own/acme/connector.yaml → acme */
const nameOf = (file: string): string => file.split('/').at(-2) ?? file

/** Connectors of the person's own that are left out, with where and how to mend them. */
export const Mistakes = ({ mistakes }: { readonly mistakes: readonly Mistake[] }) =>
  mistakes.length === 0 ? null : (
    <div className="page">
      {mistakes.map(({ file, line, message, instead }) => (
        <Notice
          key={`${file}:${line}:${message}`}
          tone="bad"
          title={`${nameOf(file)} is left out`}
          text={`Line ${line} of its connector.yaml: ${message}`}
          advice={`${instead} It is taken up as soon as the file is saved.`}
        />
      ))}
    </div>
  )
