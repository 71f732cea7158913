// A small application that a bundler makes one file of: a function around a call of a model.
import { configure, observe } from '@slipstream/sdk';
import { observeOpenAI } from '@slipstream/sdk/openai';
import { OpenAI } from 'openai-6';

configure({ service: 'bundled' });
const openai = observeOpenAI(new OpenAI({ apiKey: 'none', baseURL: process.env.LLM_URL }));

const answer = observe(
  async (question) => {
    const messages = [{ role: 'user', content: question }];
    const completion = await openai.chat.completions.create({ model: 'gpt-4.1-mini', messages });
    return completion.choices[0]?.message.content;
  },
  { name: 'answer' },
);

answer('Why is the sky blue? Tell lan@example.com.').then((text) =>
  process.stdout.write(`answered ${text?.length > 0}\n`),
);
