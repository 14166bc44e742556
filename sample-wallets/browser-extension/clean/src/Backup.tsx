export function Backup({ words }: { words: string[] }) {
  return (
    <section>
      <h1>Write these words down</h1>
      <ol>
        {words.map((word) => (
          <li key={word}>{word}</li>
        ))}
      </ol>
    </section>
  );
}
