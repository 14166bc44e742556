export function Token({ name, html }: { name: string; html: string }) {
  return (
    <figure>
      <figcaption>{name}</figcaption>
      <div dangerouslySetInnerHTML={{ __html: html }} />
    </figure>
  );
}
