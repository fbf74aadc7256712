/** An address up to the next space, without the punctuation that ends a sentence. */
const address = /(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)])/

/** Text whose web addresses can be clicked. */
export const LinkedText = ({ text }: { text: string }) =>
  text.split(address).map((part, index) =>
    address.test(part) ? (
      <a key={index} href={part} target="_blank" rel="noreferrer">
        {part.replace(/^https?:\/\//, '')}
      </a>
    ) : (
      part
    ),
  )
