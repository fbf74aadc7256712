import type { Mistake } from '../types.ts'
import { Notice } from './Notice.tsx'

/** /own/acme/connector.yaml → acme; /own/acme/icon.svg → icon.svg of acme */
const nameOf = (file: string): string => {
  const [folder = '', name = file] = file.split('/').slice(-2)
  return isManifest(file) ? folder : `${name} of ${folder}`
}

const isManifest = (file: string): boolean => file.endsWith('/connector.yaml')

/** Connectors of the person's own, or files of them, that are left out, with where and how to mend them. */
export const Mistakes = ({ mistakes }: { readonly mistakes: readonly Mistake[] }) =>
  mistakes.length === 0 ? null : (
    <div className="page">
      {mistakes.map(({ file, line, message, instead }) => (
        <Notice
          key={`${file}:${line}:${message}`}
          tone="bad"
          title={`${nameOf(file)} is left out`}
          text={isManifest(file) ? `Line ${line} of its connector.yaml: ${message}` : message}
          advice={`${instead} It is taken up as soon as the file is saved.`}
        />
      ))}
    </div>
  )
